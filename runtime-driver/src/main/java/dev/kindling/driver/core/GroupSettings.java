package dev.kindling.driver.core;

/**
 * When tasks are so small that one slot computes several of them.
 *
 * @param targetBytes the most that they read together; 0 for one task at a time
 * @param emptyTaskBytes what a task costs that reads nothing, as the bytes that are read in that time
 * @param quickMs a launch of a stage that is over in so long was quick: the next ones have twice as many tasks
 * @param mostQuick the most tasks that are launched together for that reason; one when {@code targetBytes} is 0
 */
public record GroupSettings(long targetBytes, long emptyTaskBytes, long quickMs, int mostQuick) {
    /** An empty task takes about a tenth of a millisecond, a core reads some 100 MB in a second. */
    public static GroupSettings of(long targetBytes) {
        return new GroupSettings(targetBytes, 16 << 10, 10, targetBytes == 0 ? 1 : 64);
    }
}
