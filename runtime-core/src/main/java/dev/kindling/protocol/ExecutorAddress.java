package dev.kindling.protocol;

/**
 * Where an executor's blocks can be had.
 *
 * @param executorId such as {@code e1}
 * @param incarnation higher for each later process under this id
 * @param host advertised host of its data port
 * @param port its data port; 0 when it lives in the reader's own JVM
 * @param hostKey equal for executors that see the same local disks
 * @param scratchDirectory its block directory, for readers with the same {@code hostKey}
 */
public record ExecutorAddress(
        String executorId, long incarnation, String host, int port, String hostKey, String scratchDirectory) {}
