// Runs the Bot API emulator of the npm package telegram-test-api, and stands before it:
//   NODE_PATH=.../node_modules node front.js TOKEN USER
// It prints the port. Under /bot<token>/ is the Bot API; what the emulator does otherwise than
// Telegram is put right on the way, and only that. Under /client/ the package's own client acts
// as a person in a private chat: say, press, history.
"use strict";
const http = require("node:http");
const net = require("node:net");
const TelegramServer = require("telegram-test-api");

const [token, user] = [process.argv[2], Number(process.argv[3])];
const LOOK_MS = 50;

// Methods that the emulator lacks, and whose answer nobody looks at.
const MISSING = new Set(["setMyCommands", "deleteMyCommands", "leaveChat"]);
// What it answers, and what Telegram answers.
const ANSWERS = {
  getMe: (me) => ({ ...me, is_bot: true }),
  // It gives the request back, fields of which are text, and the time in milliseconds.
  sendMessage: ({ message_id, chat, text, date, reply_markup }) => ({
    message_id, chat, text, date: Math.floor(date / 1000), reply_markup,
  }),
  editMessageText: () => true,
  answerCallbackQuery: () => true,
  getUpdates: (updates) => updates.map((update) => {
    const press = update.callback_query;
    return press ? { ...update, callback_query: { ...press, chat_instance: "1" } } : update;
  }),
};

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function read(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

async function botApi(emulator, request, body) {
  const method = request.url.split("/").pop().split("?")[0];
  if (MISSING.has(method)) return { status: 200, answer: { ok: true, result: true } };
  const ask = async () => {
    const response = await fetch(emulator + request.url, {
      method: "POST",
      headers: { "content-type": request.headers["content-type"] || "application/json" },
      body: body.length ? body : "{}",
    });
    return { status: response.status, answer: await response.json() };
  };
  let found = await ask();
  // Telegram answers when there is something, or when the time is over; the emulator at once.
  const seconds = Number(new URLSearchParams(body.toString()).get("timeout") || 0);
  const until = Date.now() + seconds * 1000;
  while (method === "getUpdates" && !request.socket.destroyed && found.answer.ok
         && found.answer.result.length === 0 && Date.now() < until) {
    await sleep(LOOK_MS);
    found = await ask();
  }
  const { answer } = found;
  if (answer.ok && ANSWERS[method]) answer.result = ANSWERS[method](answer.result);
  return found;
}

async function clientAct(client, action, body) {
  const given = body.length ? JSON.parse(body) : {};
  if (action === "say") await client.sendMessage(client.makeMessage(given.text));
  if (action === "press") {
    const below = { message_id: given.message, date: Math.floor(Date.now() / 1000) };
    await client.sendCallback(client.makeCallbackQuery(given.data, { message: below }));
  }
  const history = await client.getUpdatesHistory();
  const said = history.filter(({ message }) => message && "chat_id" in message);
  return said.map(({ messageId, message }) => ({ id: messageId, ...message }));
}

async function main() {
  const port = await freePort();
  const server = new TelegramServer({ host: "127.0.0.1", port, storeTimeout: 600 });
  await server.start();
  const client = server.getClient(token, { userId: user, chatId: user });
  const front = http.createServer(async (request, response) => {
    const body = await read(request);
    try {
      const { status, answer } = request.url.startsWith("/client/")
        ? { status: 200, answer: await clientAct(client, request.url.slice(8), body) }
        : await botApi(server.config.apiURL, request, body);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    } catch (error) {
      process.stderr.write(`${request.url.split("/").pop()}: ${error.stack}\n`);
      response.writeHead(500).end();
    }
  });
  front.listen(0, "127.0.0.1", () => process.stdout.write(`${front.address().port}\n`));
}

main();
