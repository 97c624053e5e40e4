/**
 * An executor: the shell that makes {@code executor.core} real, with its loop, its task threads, its blocks and its
 * process. The same shell runs inside the driver's JVM and in a process of its own.
 *
 * <p>May depend on every other executor package. Start reading at {@link dev.kindling.executor.Executor}.
 */
package dev.kindling.executor;
