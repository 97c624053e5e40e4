/**
 * The sets users hold: handles over {@code plan.PlanNode}, and a session that numbers sets and shuffles and keeps what
 * input leaves read. Transformations build nodes, actions make a {@code JobRequest} and hand it to a {@code JobRunner},
 * which the driver implements. A handle is split by topic into a row of classes: {@code SetHandle}, {@code NarrowHandle},
 * {@code ShuffledHandle}, {@code CollectingHandle}, {@code RddHandle}; pairs go on with {@code KeyedHandle},
 * {@code FoldedByKeyHandle}, {@code JoinedHandle}, {@code PairRddHandle}.
 *
 * <p>May depend on {@code api}, {@code plan}, {@code serde}, {@code storage}. Start reading at {@code RddHandle}.
 */
package dev.kindling.rdd;
