package dev.kindling.driver.core;

/**
 * When a task that runs gets a copy on another executor.
 *
 * @param quantile the part of its stage's tasks that must be done, from 0 to 1
 * @param multiplier times what is expected of it, from 1 on, and
 * @param minTaskMs at least so many milliseconds
 */
public record SpeculationSettings(boolean isOn, double quantile, double multiplier, long minTaskMs) {
    public static SpeculationSettings off() {
        return new SpeculationSettings(false, 1, 1, 0);
    }
}
