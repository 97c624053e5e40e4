/**
 * From an action to a graph of stages: cuts the plan at its shuffles, finds range bounds by a sample, says what each
 * task reads. Runs on the program's threads, so that the driver's loop receives finished graphs.
 *
 * <p>May depend on {@code driver.core}'s graph, {@code rdd}, {@code plan}, {@code serde}, {@code storage}. Start
 * reading at {@code JobPlanner}.
 */
package dev.kindling.driver.plan;
