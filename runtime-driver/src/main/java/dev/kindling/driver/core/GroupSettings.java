package dev.kindling.driver.core;

/**
 * When tasks are so small that one slot computes several of them.
 *
 * @param targetBytes the most that they read together; 0 for one task at a time
 * @param emptyTaskBytes what a task costs that reads nothing, as the bytes that are read in that time
 */
public record GroupSettings(long targetBytes, long emptyTaskBytes) {
    /** An empty task takes about a tenth of a millisecond, a core reads some 100 MB in a second. */
    public static GroupSettings of(long targetBytes) {
        return new GroupSettings(targetBytes, 16 << 10);
    }
}
