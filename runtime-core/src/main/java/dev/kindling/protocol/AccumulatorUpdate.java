package dev.kindling.protocol;

/**
 * What one attempt added to one accumulator: itself, or while it computed a partition of a persisted set.
 *
 * @param setId the persisted set; {@link #NO_SET} for what the attempt added itself
 * @param setPartition the set's partition, which was computed to its end
 * @param partial the attempt's copy, as {@code ClosureCodec} wrote it
 */
public record AccumulatorUpdate(long accumulatorId, int setId, int setPartition, byte[] partial) {
    /** Sets have numbers from 0. */
    public static final int NO_SET = -1;

    /** Of the attempt itself. */
    public AccumulatorUpdate(long accumulatorId, byte[] partial) {
        this(accumulatorId, NO_SET, 0, partial);
    }

    public boolean isOfSet() {
        return setId != NO_SET;
    }
}
