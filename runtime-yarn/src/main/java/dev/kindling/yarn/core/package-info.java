/**
 * What decides about containers, without a clock, a thread or a class of Hadoop: which are asked for, which become
 * executors, which are given back, and why one ended.
 *
 * <p>May depend on: {@code api}, {@code loop}, {@code util}, {@code driver.core}. Start reading at {@link
 * dev.kindling.yarn.core.AppMasterCore}.
 */
package dev.kindling.yarn.core;
