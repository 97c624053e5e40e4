package dev.kindling.driver.plan;

import dev.kindling.storage.Stores;

/**
 * What the planner goes by.
 *
 * @param applicationId names the claim on an output
 * @param maxTaskFailures how often one task may fail before its job does
 * @param userClasses loads the classes of results and sampled keys
 * @param stores of the application
 */
public record PlannerSettings(String applicationId, int maxTaskFailures, ClassLoader userClasses, Stores stores) {}
