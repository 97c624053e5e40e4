package dev.kindling.driver.core;

/**
 * What a launcher knows of where an executor runs.
 *
 * @param node name of the machine as file systems call it; empty where that is the address that the executor listens at
 * @param isBase that its node lasts, where those of others do not: it does not leave for having nothing to do, and what
 *     leaving executors hold moves to those like it
 */
public record ExecutorPlace(String node, boolean isBase) {
    /** Nothing is known. */
    public static final ExecutorPlace ANY = new ExecutorPlace("", false);
}
