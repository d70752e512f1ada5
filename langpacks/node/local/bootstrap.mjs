// Runs a Node.js function: asks the Runtime API for events, and gives them to the handler. What Lambda's own runtime does,
// without its native parts. The handler comes by _HANDLER, the code lies in LAMBDA_TASK_ROOT, layers come by NODE_PATH.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import module, { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const { env } = process;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const root = "/2018-06-01/runtime";
const noCallbacks = env.AWS_EXECUTION_ENV >= "AWS_Lambda_nodejs24.x";
let current = "";

function call(method, path, body, headers = {}) {
  return new Promise((done, failed) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const sent = request({ host, port, agent, method, path: root + path, headers: { ...headers, ...length } }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", failed);
      answer.on("end", () => {
        const content = Buffer.concat(parts).toString();
        if (answer.statusCode < 300) done({ headers: answer.headers, content });
        else failed(new Error(`the runtime API said ${answer.statusCode}: ${content}`));
      });
    });
    sent.on("error", failed);
    sent.end(body);
  });
}

function documentOf(error) {
  if (!(error instanceof Error) && !(error?.stack && error?.message)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split("\n") };
}

async function fail(path, error) {
  const told = documentOf(error);
  console.error(path.startsWith("/init") ? "Init Error" : "Invoke Error", JSON.stringify(told));
  await call("POST", path, JSON.stringify(told), {
    "content-type": "application/json",
    "lambda-runtime-function-error-type": encodeURIComponent(told.errorType),
  });
}

// Lines of the console have the time, the request and the level, parted by tabs.
for (const [name, level] of [
  ["log", "INFO"],
  ["debug", "DEBUG"],
  ["info", "INFO"],
  ["warn", "WARN"],
  ["error", "ERROR"],
]) {
  console[name] = (...words) => {
    const text = format(...words).replaceAll("\n", "\r");
    process.stdout.write(`${new Date().toISOString()}\t${current || "undefined"}\t${level}\t${text}\n`);
  };
}

globalThis.awslambda = {
  streamifyResponse() {
    throw named("Runtime.StreamingNotSupported", "the function streams its answer, which only AWS takes: here it must answer as a whole");
  },
};

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

// Modules of layers are found by NODE_PATH for `import` too, as in Lambda.
function searchLayers() {
  const folders = (env.NODE_PATH ?? "").split(":").filter(Boolean);
  if (!folders.length) return;
  const parents = folders.map((folder) => pathToFileURL(join(dirname(folder), "layer.mjs")).href);
  if (module.registerHooks) {
    module.registerHooks({
      resolve(name, context, next) {
        for (const parentURL of [undefined, ...parents]) {
          try {
            return next(name, parentURL ? { ...context, parentURL } : context);
          } catch (error) {
            if (parentURL === parents.at(-1) || !isMissing(error, name)) throw error;
          }
        }
      },
    });
  } else if (module.register) {
    const source = `const parents = ${JSON.stringify(parents)}; const isMissing = ${isMissing};
      export async function resolve(name, context, next) {
        for (const parentURL of [undefined, ...parents]) {
          try { return await next(name, parentURL ? { ...context, parentURL } : context); }
          catch (error) { if (parentURL === parents.at(-1) || !isMissing(error, name)) throw error; }
        }
      }`;
    module.register(`data:text/javascript,${encodeURIComponent(source)}`);
  }
}

function isMissing(error, name) {
  return error.code === "ERR_MODULE_NOT_FOUND" && !/^[./]|^[a-z]+:/.test(name);
}

function isModule(file) {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")).type === "module";
    if (folder === dirname(folder)) return false;
  }
}

async function load(taskRoot, handler) {
  const [, folder, name, path] = /^(.*\/)?([^/.]+)\.(.+)$/.exec(handler) ?? [];
  if (!name) throw named("Runtime.MalformedHandlerName", `Bad handler ${handler}: it is no file.function`);
  const base = resolve(taskRoot, folder ?? "", name);
  const file = [".js", ".mjs", ".cjs"].map((end) => base + end).find(existsSync);
  if (!file) throw named("Runtime.ImportModuleError", `Error: Cannot find module '${name}'`);
  const asModule = file.endsWith(".mjs") || (file.endsWith(".js") && isModule(file));
  let found;
  try {
    found = asModule ? await import(pathToFileURL(file).href) : createRequire(file)(file);
  } catch (error) {
    throw explained(error, file);
  }
  for (const step of path.split(".")) found = found?.[step];
  if (found === undefined) throw named("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  if (typeof found !== "function") throw named("Runtime.HandlerNotFound", `${handler} is not a function`);
  if (noCallbacks && found.length >= 3) {
    throw named("Runtime.CallbackHandlerDeprecated", "Node.js 24 has no handlers with a callback: make it async");
  }
  return found;
}

// An error of a module as Lambda names it; Node.js tells the line of a syntax error of an ES module only to a terminal.
function explained(error, file) {
  if (error instanceof SyntaxError) {
    error.name = "Runtime.UserCodeSyntaxError";
    const [place] = spawnSync(process.execPath, ["--check", file], { encoding: "utf8" }).stderr.split("\n");
    if (/:\d+$/.test(place) && !error.stack.includes(place)) error.stack = `${place}\n${error.stack}`;
  } else if (/^(ERR_)?MODULE_NOT_FOUND$/.test(error?.code)) {
    error.name = "Runtime.ImportModuleError";
  }
  return error;
}

// The answer of a handler: what its promise, its callback or context.done/succeed/fail gives first.
function invoke(handler, event, headers) {
  return new Promise((done, failed) => {
    const context = contextOf(headers);
    const settle = (error, value) => {
      if (error) return failed(error);
      // after a callback Lambda waits until nothing more is to do, unless told not to
      if (!context.callbackWaitsForEmptyEventLoop) return done(value);
      process.removeAllListeners("beforeExit");
      process.once("beforeExit", () => done(value));
    };
    context.done = settle;
    context.succeed = (value) => done(value);
    context.fail = (error) => failed(error ?? new Error("handled"));
    process.removeAllListeners("beforeExit");
    process.once("beforeExit", () => done(null)); // it forgot to answer: null, as in Lambda
    const given = handler(event, context, settle);
    if (typeof given?.then === "function") given.then(done, failed);
  });
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

// What nobody catches ends the process, once it is told.
for (const [event, name] of [
  ["unhandledRejection", "Runtime.UnhandledPromiseRejection"],
  ["uncaughtException", ""],
]) {
  process.on(event, async (error) => {
    const told = name ? Object.assign(named(name, String(error)), { stack: error?.stack }) : error;
    await fail(current ? `/invocation/${current}/error` : "/init/error", told).catch(() => {});
    process.exit(name ? 128 : 129);
  });
}

searchLayers();
let handler;
try {
  handler = await load(env.LAMBDA_TASK_ROOT, env._HANDLER);
} catch (error) {
  await fail("/init/error", error);
  process.exit(1);
}
for (;;) {
  const { headers, content } = await call("GET", "/invocation/next");
  current = headers["lambda-runtime-aws-request-id"];
  env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] ?? "";
  try {
    const answer = await invoke(handler, JSON.parse(content), headers);
    await call("POST", `/invocation/${current}/response`, JSON.stringify(answer === undefined ? null : answer));
  } catch (error) {
    await fail(`/invocation/${current}/error`, error);
  }
  current = "";
}
