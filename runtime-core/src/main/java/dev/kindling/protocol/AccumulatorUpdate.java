package dev.kindling.protocol;

/**
 * What one attempt added to one accumulator.
 *
 * @param partial the attempt's copy, as {@code ClosureCodec} wrote it
 */
public record AccumulatorUpdate(long accumulatorId, byte[] partial) {}
