/**
 * Input and output by URI scheme: listing and cutting files into splits, reading lines of a split, publishing a job's
 * part files once. Implementations stand in packages below and are found by {@code ServiceLoader}; an application has its
 * own {@link dev.kindling.storage.Stores}, with its settings and connections.
 *
 * <p>May depend on {@code api}, {@code config}, {@code util} and {@code plan}. Start reading at
 * {@link dev.kindling.storage.SplitPlanner}, then {@link dev.kindling.storage.LineReader} and
 * {@link dev.kindling.storage.OutputStore}.
 */
package dev.kindling.storage;
