/** Answers a function URL or an HTTP API (payload format 2.0). */
export const handler = async (event) => {
  const { method, path } = event.requestContext.http;
  const route = routes[`${method} ${path}`];
  if (!route) return answer(404, { message: `There is no ${method} ${path}` });
  try {
    return await route(event);
  } catch (error) {
    if (error instanceof SyntaxError) return answer(400, { message: error.message });
    throw error;
  }
};

const hello = (event) => answer(200, { message: `Hello, ${event.queryStringParameters?.name ?? "world"}` });
const echo = (event) => answer(200, { received: body(event) });

const routes = { "GET /": hello, "POST /": echo };

/** The JSON that was sent; null where nothing was. */
const body = ({ body: text, isBase64Encoded }) =>
  JSON.parse(isBase64Encoded ? Buffer.from(text, "base64").toString() : text || "null");

const answer = (statusCode, document) => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(document),
});
