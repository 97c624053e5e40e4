package dev.kindling.executor.attempt;

/**
 * Sizes the operators go by, parsed once from the configuration.
 *
 * @param applicationId names attempt files of outputs
 * @param batchRows rows handled together, 1024 by default
 * @param pageBytes size of an append page, 16 KiB to 256 KiB
 * @param maxDirectResultBytes a larger result is stored and fetched as a block
 * @param maxResultBytes a larger result fails the job; 0 for no limit
 * @param maxAccumulatorBytes more than that in all accumulators of one attempt fails the job
 */
public record TaskSettings(
        String applicationId,
        int batchRows,
        int pageBytes,
        long maxDirectResultBytes,
        long maxResultBytes,
        long maxAccumulatorBytes) {}
