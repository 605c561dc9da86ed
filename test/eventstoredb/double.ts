import { createServer, type AddressInfo, type Server as Listener, type Socket } from 'node:net';
import { once } from 'node:events';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
import { DoubleLog } from './log.js';
import { accessDenied, notLeader } from './messages.js';
import { type Call, type Fault, streamsOf } from './serving.js';

/**
 * A stand-in for an EventStoreDB or KurrentDB cluster, in this process: it speaks their protocol as far as Dispatch
 * uses it, keeps its log in memory, and has the faults that a test asks for. It is no proof of how a server behaves.
 */
export interface EventStoreDouble {
  /** The connection string of the whole cluster. */
  readonly url: string;
  readonly log: DoubleLog;
  /** Calls served, in the order they came. */
  readonly calls: readonly Call[];
  /** How many checkpoints were sent. */
  readonly checkpoints: number;
  /** Asked at each call what is to go wrong with it. */
  fault: ((call: Call) => Fault | undefined) | undefined;
  /** Breaks every connection there is; new ones are let in. */
  cutConnections(): void;
  /** From now on this node leads, and the others send away who asks for the leader. */
  elect(node: number): void;
  /** The node is gone: its connections break and no new one is let in. */
  lose(node: number): void;
  /** It is back on the same port. */
  regain(node: number): Promise<void>;
  stop(): Promise<void>;
}

export interface DoubleOptions {
  /** One by default. */
  readonly nodes?: number;
  /** PEM; with it the double speaks TLS only. */
  readonly certificate?: { readonly key: Buffer; readonly cert: Buffer };
  /** What a client must log in with; needs a certificate, since no client sends a password in the clear. */
  readonly login?: { readonly username: string; readonly password: string };
}

interface Node {
  readonly port: () => number;
  readonly cut: () => void;
  readonly lose: () => void;
  readonly regain: () => Promise<void>;
  readonly stop: () => void;
  readonly alive: () => boolean;
}

const HOST = '127.0.0.1';

export async function startEventStoreDouble(options: DoubleOptions = {}): Promise<EventStoreDouble> {
  const log = new DoubleLog();
  const calls: Call[] = [];
  const nodes: Node[] = [];
  let leader = 0;
  let checkpoints = 0;

  const double: EventStoreDouble = {
    get url() {
      const hosts = nodes.map(({ port }) => `${HOST}:${port()}`).join(',');
      const { username, password } = options.login ?? {};
      const login = username === undefined ? '' : `${username}:${encodeURIComponent(password ?? '')}@`;
      return `esdb://${login}${hosts}?${options.certificate ? 'tls=true' : 'tls=false'}`;
    },
    log,
    calls,
    get checkpoints() {
      return checkpoints;
    },
    fault: undefined,
    cutConnections: () => nodes.forEach(({ cut }) => cut()),
    elect: (node) => {
      leader = node;
    },
    lose: (node) => nodes[node]?.lose(),
    regain: async (node) => nodes[node]?.regain(),
    async stop() {
      for (const { stop } of nodes) stop();
    },
  };

  const members: handleUnaryCall<shared.Empty, gossip.ClusterInfo> = (_, answer) => {
    const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
    const info = new gossip.ClusterInfo();
    nodes.forEach(({ port, alive }, index) => {
      const endPoint = new gossip.EndPoint().setAddress(HOST).setPort(port());
      const member = new gossip.MemberInfo().setInstanceId(new shared.UUID().setString(`node-${index}`));
      member.setHttpEndPoint(endPoint).setIsAlive(alive()).setTimeStamp(String(Date.now()));
      info.addMembers(member.setState(index === leader ? LEADER : FOLLOWER));
    });
    answer(null, info);
  };

  for (let index = 0; index < (options.nodes ?? 1); index += 1) {
    nodes.push(
      await startNode(options, (server, cut) => {
        server.addService(gossipService.GossipService, { read: members });
        server.addService(featuresService.ServerFeaturesService, { getSupportedMethods });
        server.addService(
          streamsService.StreamsService,
          streamsOf({
            log,
            cut,
            reached: () => {
              checkpoints += 1;
            },
            meet(call) {
              calls.push(call);
              return double.fault?.(call);
            },
            refuses(metadata) {
              const [authorization] = metadata.get('authorization');
              if (options.login && authorization !== basic(options.login)) return accessDenied();
              const [wantsLeader] = metadata.get('requires-leader');
              const port = nodes[leader]?.port() ?? 0;
              return wantsLeader === 'true' && index !== leader ? notLeader(HOST, port) : undefined;
            },
          }),
        );
      }),
    );
  }
  return double;
}

/** A node listens itself and hands its connections over, so that it can break each of them. */
async function startNode(
  { certificate }: DoubleOptions,
  serve: (server: Server, cut: () => void) => void,
): Promise<Node> {
  const sockets = new Set<Socket>();
  const cut = () => {
    for (const socket of [...sockets]) socket.destroy();
  };
  const server = new Server();
  serve(server, cut);
  const credentials = certificate
    ? ServerCredentials.createSsl(null, [{ private_key: certificate.key, cert_chain: certificate.cert }])
    : ServerCredentials.createInsecure();
  const injector = server.createConnectionInjector(credentials);
  const listen = async (port: number): Promise<Listener> => {
    const listener = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => undefined);
      injector.injectConnection(socket);
    });
    // What is connected keeps the process alive, not the wait for more.
    listener.listen(port, HOST).unref();
    await once(listener, 'listening');
    return listener;
  };
  let listener: Listener | undefined = await listen(0);
  const { port } = listener.address() as AddressInfo;
  const lose = () => {
    listener?.close();
    listener = undefined;
    cut();
  };
  return {
    port: () => port,
    cut,
    lose,
    async regain() {
      listener ??= await listen(port);
    },
    stop() {
      lose();
      injector.destroy();
      server.forceShutdown();
    },
    alive: () => listener !== undefined,
  };
}

/** What the client asks before its first append: whether it may use batches. */
const getSupportedMethods: handleUnaryCall<shared.Empty, features.SupportedMethods> = (_, answer) => {
  const batch = new features.SupportedMethod();
  batch.setServiceName('event_store.client.streams.streams').setMethodName('batchappend');
  const supported = new features.SupportedMethods().setEventStoreServerVersion('double');
  supported.addMethods(batch);
  answer(null, supported);
};

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
