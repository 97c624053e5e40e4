package dev.kindling.protocol;

/**
 * One map output as a reduce task has to fetch it.
 *
 * @param mapAttempt the very attempt that wrote it; another attempt's file is never taken for it
 * @param executor index into the launch's table of executors
 * @param bytes stored bytes of the wanted partition; an estimate within 10 %, 0 only when there are none
 */
public record MapSource(AttemptId mapAttempt, int executor, long bytes) {}
