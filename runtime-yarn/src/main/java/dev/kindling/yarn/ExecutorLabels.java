package dev.kindling.yarn;

import dev.kindling.config.AllocationKeys;
import dev.kindling.config.Config;
import dev.kindling.config.YarnKeys;
import java.util.Optional;

/**
 * Labels of the nodes that executors are asked for on.
 *
 * @param base of the executors that stay, or of all; empty for the queue's own
 * @param elastic of those beyond the fewest, where they are different ones; empty text for nodes without a label
 */
record ExecutorLabels(String base, Optional<String> elastic) {
    /** Where the number of executors does not change, all of them stay. */
    static ExecutorLabels of(Config config) {
        String base = config.get(YarnKeys.EXECUTOR_LABEL);
        String elastic = config.get(YarnKeys.ELASTIC_LABEL);
        boolean areAlike = !config.get(AllocationKeys.ENABLED) || elastic.isEmpty() || elastic.equals(base);
        return new ExecutorLabels(
                base, areAlike ? Optional.empty() : Optional.of(elastic.equals(YarnKeys.NO_LABEL) ? "" : elastic));
    }

    /** Hadoop takes no request that names both a label and hosts. */
    boolean areNone() {
        return base.isEmpty() && elastic.isEmpty();
    }
}
