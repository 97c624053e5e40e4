/**
 * What runs inside a task: sources, row functions, grouping, combining, sorting and sinks, as operators that pull
 * batches from each other on the task's thread. May depend on executor.shuffle, executor.block and executor.memory and
 * on the core module. Start reading at {@link dev.kindling.executor.operator.Operator}.
 */
package dev.kindling.executor.operator;
