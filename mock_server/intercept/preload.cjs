// Loaded before a program by NODE_OPTIONS=--require: TLS to the vendor's hosts goes to the fake
// instead, and nothing else leaves this machine.
"use strict";

const { syncBuiltinESMExports } = require("node:module");
const net = require("node:net");
const tls = require("node:tls");

const VENDOR = /^([a-z0-9-]+\.)*runcomfy\.(net|com)$/;
const LOOPBACK = /^((.+\.)?localhost|(::ffff:)?127(\.\d+){3}|0\.0\.0\.0|\[?::1?\]?)$/;
const where = /^\[?(.+?)\]?:(\d+)$/.exec(process.env.RUNCOMFY_INTERCEPT_TLS || "");

// connect(options[, callback]), connect(port[, host][, options][, callback]), connect(path[, callback]); net hands
// on an array of the options and the callback that it has read already.
function read(parts) {
  if (Array.isArray(parts[0])) return read(parts[0]);
  const given = parts.filter((part) => part !== null && typeof part === "object");
  const options = Object.assign({}, ...given);
  if (typeof parts[0] === "string" && !(Number(parts[0]) >= 0)) {
    options.path = parts[0];
  } else if (typeof parts[0] !== "object") {
    options.port = parts[0];
    if (typeof parts[1] === "string") options.host = parts[1];
  }
  return [options, parts.find((part) => typeof part === "function")];
}

function named(options) {
  return String(options.host || "localhost").toLowerCase().replace(/\.$/, "");
}

function refuse(socket, host, port) {
  const error = new Error(
    `runcomfy-mock answers the vendor's hosts alone (*.runcomfy.net and *.runcomfy.com, over https); ` +
      `${VENDOR.test(host) ? `${host}:${port}` : host} is refused, and nothing was sent there`,
  );
  error.code = "ECONNREFUSED";
  socket.connecting = true; // what is written before the error comes waits, as for any connection
  process.nextTick(() => socket.destroy(error));
  return socket;
}

if (where !== null) {
  const tlsConnect = tls.connect;
  tls.connect = function (...parts) {
    const [options, callback] = read(parts);
    const host = named(options);
    // A socket is a way that the program has chosen, such as one through a proxy.
    if (options.socket || options.path || LOOPBACK.test(host)) return tlsConnect.apply(this, parts);
    if (!VENDOR.test(host) || ![443, "443"].includes(options.port || 443)) {
      return refuse(new net.Socket(), host, options.port || 443);
    }
    const servername = options.servername || host;
    return tlsConnect.call(this, { ...options, servername, host: where[1], port: Number(where[2]) }, callback);
  };

  // Every other way to a host, net.connect and http among them, comes through here.
  const socketConnect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...parts) {
    const [options] = read(parts);
    const host = named(options);
    // At its own address the fake has its proxy, its TLS and itself.
    if (options.path || LOOPBACK.test(host) || host === where[1].toLowerCase()) return socketConnect.apply(this, parts);
    return refuse(this, host, options.port);
  };
  syncBuiltinESMExports();
}
