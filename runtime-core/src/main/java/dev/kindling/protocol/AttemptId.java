package dev.kindling.protocol;

/** One try of a task. Stage ids are unique in the application and attempts of a partition are never reused. */
public record AttemptId(int stageId, int partition, int attempt) implements Comparable<AttemptId> {
    @Override
    public int compareTo(AttemptId other) {
        int byStage = Integer.compare(stageId, other.stageId);
        int byPartition = byStage != 0 ? byStage : Integer.compare(partition, other.partition);
        return byPartition != 0 ? byPartition : Integer.compare(attempt, other.attempt);
    }

    // Written out, here and in the other keys of a first job: what a record gets by itself is put together of method
    // handles when it is first used, which takes a starting process thirty milliseconds.
    @Override
    public boolean equals(Object other) {
        return other instanceof AttemptId that
                && stageId == that.stageId
                && partition == that.partition
                && attempt == that.attempt;
    }

    @Override
    public int hashCode() {
        // Stages are spread: where one follows the other, with a thousand tasks each, 31 times would have them share
        // hashes.
        return stageId * 0x9E3779B9 + 31 * partition + attempt;
    }

    /** As in logs, stories and transcripts: {@code s3p17#0}. */
    @Override
    public String toString() {
        return "s" + stageId + "p" + partition + "#" + attempt;
    }
}
