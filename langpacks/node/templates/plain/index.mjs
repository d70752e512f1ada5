/** Answers whatever asks: an API, a URL, a test. */
export const handler = async (event) => ({
  statusCode: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ message: "It works", path: event?.rawPath ?? "/" }),
});
