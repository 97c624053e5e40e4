package dev.kindling.driver.core;

/**
 * The share of one pool.
 *
 * @param weight how many slots it gets for each slot of a pool of weight 1
 * @param minShare slots it gets before any pool gets more than its own
 * @param isFair whether the jobs in it share its slots evenly; else the earlier job is served first
 */
public record PoolSettings(int weight, int minShare, boolean isFair) {
    /** Of a pool that nobody has configured. */
    public static final PoolSettings DEFAULTS = new PoolSettings(1, 0, false);
}
