/**
 * S3Proxy, an S3 server written in Java, started in a JVM of its own: what it needs and what Kindling ships cannot share a
 * class path.
 *
 * <p>Depends on S3Proxy only. Start reading at {@link dev.kindling.s3server.S3Server}.
 */
package dev.kindling.s3server;
