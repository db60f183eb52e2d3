# workerd, the runtime of Cloudflare Workers, with a WSGI application:
#
#   cp examples/deploy/workerd.capnp examples/deploy/worker.ts .
#   deno bundle --platform browser -o worker.js worker.ts
#   npx workerd serve workerd.capnp
#   curl http://127.0.0.1:8080/
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:8080", http = (), service = "main"),
  ],
);

const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
);
