package dev.kindling.driver.plan;

/**
 * What the planner goes by.
 *
 * @param applicationId names the claim on an output
 * @param maxTaskFailures how often one task may fail before its job does
 * @param userClasses loads the classes of results and sampled keys
 */
public record PlannerSettings(String applicationId, int maxTaskFailures, ClassLoader userClasses) {}
