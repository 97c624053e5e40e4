package dev.kindling.executor.operator;

/**
 * The place of an input line.
 *
 * @param path the file, with scheme
 * @param offset the line's first byte, counted in the uncompressed content
 */
public record InputPosition(String path, long offset) {}
