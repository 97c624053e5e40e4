package dev.kindling.plan;

import java.io.Serializable;

/**
 * The program of one stage, the same for all its tasks: sent once to every executor that runs one of them.
 *
 * @param root the chain, its leaves being inputs and {@link PlanNode.ShuffleRead}s
 * @param sink where its rows go
 */
public record StageBody(int stageId, PlanNode root, Sink sink) {
    /** The end of a task's chain. */
    public sealed interface Sink extends Serializable {
        /** Pairs into the buckets of a map output. */
        record MapOutput(
                int shuffleId, dev.kindling.api.Partitioner by, int bucketsPerPartition, PlanNode.ReduceSide reduceSide)
                implements Sink {}

        /** The partition's iterator handed to a function; what it returns is the task's result. */
        record Result(PartitionFunction function) implements Sink {}

        /** Every row into an attempt's file, published by the driver. */
        record FileOutput(String target, Form form) implements Sink {
            /** How rows become bytes. */
            public enum Form {
                /** One line a row. */
                TEXT(""),
                /** The same, packed. */
                GZIP_TEXT(".gz"),
                /** Pages of ours, for {@code objectFile}. */
                OBJECTS("");

                private final String suffix;

                Form(String suffix) {
                    this.suffix = suffix;
                }

                /** With which the names of the files end. */
                public String suffix() {
                    return suffix;
                }
            }
        }
    }
}
