/**
 * Objects of S3 and of servers that speak its protocol, behind the interfaces of {@code storage}. Paths are
 * {@code s3://bucket/key} or {@code s3a://bucket/key}.
 *
 * <p>The only package that names the AWS SDK, which an embedding program may not have: the provider and
 * the stores name none of its classes, so that nothing of it is loaded before the first such path. May depend on
 * {@code storage}, {@code api}, {@code config} and {@code util}. Start reading at
 * {@link dev.kindling.storage.s3.S3Storage}, then {@link dev.kindling.storage.s3.S3Calls},
 * {@link dev.kindling.storage.s3.Credentials} and {@link dev.kindling.storage.s3.S3TargetObjects}.
 */
package dev.kindling.storage.s3;
