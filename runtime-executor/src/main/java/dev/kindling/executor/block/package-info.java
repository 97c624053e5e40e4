/**
 * What an executor keeps: map outputs, stored results, spill files; and what a task reads them by. May depend on
 * {@code executor.memory}. Start reading at {@link dev.kindling.executor.block.BlockStore}.
 */
package dev.kindling.executor.block;
