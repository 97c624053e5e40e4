/**
 * What encryption costs: blocks and handshakes over the loopback address, in the clear, with the platform's TLS and with
 * BoringSSL. Run by {@code bin/bench tls}.
 *
 * <p>Start reading at {@link dev.kindling.bench.tls.TlsBenchmark}.
 */
package dev.kindling.bench.tls;
