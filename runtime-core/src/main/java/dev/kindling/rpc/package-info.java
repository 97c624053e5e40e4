/**
 * Bytes between processes: one listening port, two kinds of connections. Control connections carry {@link
 * dev.kindling.protocol.Frame}s, data connections carry blocks; a large block never stands before a heartbeat. Both
 * ends prove that they know the application's {@link dev.kindling.rpc.SharedKey} before anything else is read.
 *
 * <p>Threads: {@code rpc-io-n}, daemons, which never wait. Handlers are called by them and post to a mailbox.
 *
 * <p>May depend on: {@code api}, {@code protocol}. The only door to netty. Start reading at {@link
 * dev.kindling.rpc.RpcServer} and {@link dev.kindling.rpc.RpcClient}; {@code docs/protocol.md} is the wire.
 */
package dev.kindling.rpc;
