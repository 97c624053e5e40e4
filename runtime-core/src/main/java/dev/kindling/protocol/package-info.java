/**
 * What driver and executors say to each other: all control messages as records, and their bytes.
 *
 * <p>Start reading at {@link dev.kindling.protocol.Frame}, the closed list of messages; {@link
 * dev.kindling.protocol.FrameCodec} is their layout, {@link dev.kindling.protocol.TaskLaunch} what a task is given.
 * Both cores and the simulation speak in these frames; nothing here knows a socket.
 *
 * <p>May depend on: {@code api}.
 */
package dev.kindling.protocol;
