// Loaded before a program by NODE_OPTIONS=--require: TLS to the vendor's hosts goes to the fake instead.
"use strict";

const net = require("node:net");
const tls = require("node:tls");

const VENDOR = /^([a-z0-9-]+\.)*runcomfy\.(net|com)$/;
const LOOPBACK = /^(localhost|(.+\.)?localhost|127(\.\d+){3}|\[?::1\]?)$/;
const where = /^\[?(.+?)\]?:(\d+)$/.exec(process.env.RUNCOMFY_INTERCEPT_TLS || "");

// connect(options[, callback]), connect(port[, host][, options][, callback])
function read(parts) {
  const given = parts.filter((part) => part !== null && typeof part === "object");
  const options = Object.assign({}, ...given);
  if (typeof parts[0] !== "object") {
    options.port = parts[0];
    if (typeof parts[1] === "string") options.host = parts[1];
  }
  return [options, parts.find((part) => typeof part === "function")];
}

function refused(host) {
  const socket = new net.Socket();
  const error = new Error(
    `runcomfy-mock answers the vendor's hosts alone (*.runcomfy.net and *.runcomfy.com); ` +
      `${host} is refused, and nothing was sent there`,
  );
  error.code = "ECONNREFUSED";
  process.nextTick(() => socket.destroy(error));
  return socket;
}

if (where !== null) {
  const connect = tls.connect;
  tls.connect = function (...parts) {
    const [options, callback] = read(parts);
    const host = String(options.host || "localhost").toLowerCase().replace(/\.$/, "");
    // A socket is a way that the program has chosen, such as one through a proxy.
    if (options.socket || options.path || LOOPBACK.test(host)) return connect.apply(this, parts);
    if (!VENDOR.test(host) || ![443, "443"].includes(options.port || 443)) return refused(host);
    const servername = options.servername || host;
    return connect.call(this, { ...options, servername, host: where[1], port: Number(where[2]) }, callback);
  };
}
