/**
 * What the user asked for as an immutable tree, and what is made of it: nodes, the functions in them, the partitioner
 * of a sort, the program of a stage with its sink, the input of its leaves. Driver and executors share it.
 *
 * <p>May depend on {@code api}, {@code data}. Start reading at {@code PlanNode}, then {@code StageBody}.
 */
package dev.kindling.plan;
