package dev.kindling.plan;

import java.io.Serializable;
import java.util.Iterator;

/** What an action does with one partition on its executor; its answer is merged on the driver. */
@FunctionalInterface
public interface PartitionFunction extends Serializable {
    Object call(int partition, Iterator<Object> rows) throws Exception;
}
