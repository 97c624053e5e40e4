package dev.kindling.protocol;

/** One try of a task. Stage ids are unique in the application and attempts of a partition are never reused. */
public record AttemptId(int stageId, int partition, int attempt) implements Comparable<AttemptId> {
    @Override
    public int compareTo(AttemptId other) {
        int byStage = Integer.compare(stageId, other.stageId);
        int byPartition = byStage != 0 ? byStage : Integer.compare(partition, other.partition);
        return byPartition != 0 ? byPartition : Integer.compare(attempt, other.attempt);
    }

    /** As in logs, stories and transcripts: {@code s3p17#0}. */
    @Override
    public String toString() {
        return "s" + stageId + "p" + partition + "#" + attempt;
    }
}
