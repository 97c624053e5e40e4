/**
 * What the user asked for, as an unchangeable tree, and what one stage of it is when it travels to executors. Nothing
 * in here runs anything.
 *
 * <p>May depend on: api, data, serde. Start reading at {@link dev.kindling.plan.PlanNode}.
 */
package dev.kindling.plan;
