package dev.kindling.driver.core;

import static dev.kindling.driver.core.DriverScript.executor;
import static dev.kindling.driver.core.DriverScript.fetchFailed;
import static dev.kindling.driver.core.DriverScript.job;
import static dev.kindling.driver.core.DriverScript.userError;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.protocol.Frame;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Stories of jobs as text files: event, then effects. They are read as lessons and reviewed as differences;
 * {@code -Dtranscripts.rewrite=true} writes them anew.
 */
class TranscriptTest {
    @Test
    void jobOfTwoStages() throws IOException {
        DriverScript driver = DriverScript.with();
        driver.note("Two executors of one core each are started and register.");
        driver.asksFor("e1").asksFor("e2");
        driver.registers(executor("e1", 1), 1).registers(executor("e2", 1), 1);
        driver.note("The job has a map stage of three tasks and a result stage of two. Two slots: two launches, each"
                + " behind the program of its stage, which every executor gets once.");
        driver.submit(3, 2);
        driver.note("A finished map task leaves its output where it ran and frees the slot for the third.");
        driver.finishes("s0p0#0");
        driver.finishes("s0p1#0");
        driver.note("With the last map output the reduce tasks can start; each launch says where the outputs lie.");
        driver.finishes("s0p2#0");
        driver.note("Results are delivered as they come. The last one completes the job.");
        driver.finishes("s1p0#0").finishes("s1p1#0");
        compare("two-stages", driver);
    }

    @Test
    void lostExecutor() throws IOException {
        DriverScript driver = DriverScript.with(executor("e1", 2), executor("e2", 2));
        driver.note("Four map tasks, two on each executor; three of them finish.");
        driver.submit(4, 1).finishes("s0p0#0").finishes("s0p1#0").finishes("s0p3#0");
        driver.note("Executor e1 dies: its running attempt ends uncharged, its map output 0 is lost, both are computed"
                + " again on e2. Outputs on e2 stay. A replacement is asked for.");
        driver.loses("e1");
        driver.note("The exit code comes a little later. It says more than the end of the connection: that is told.");
        driver.exits("e1", 137);
        driver.note("The replacement registers and gets a share of the work.");
        driver.asksFor("e3").registers(executor("e3", 2), 1);
        driver.finishAll(0);
        driver.finishAll(1);
        compare("lost-executor", driver);
    }

    @Test
    void executorThatLeaves() throws IOException {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.note("Two map tasks and one reduce task, which e1 runs.");
        driver.submit(2, 1).finishes("s0p1#0").finishes("s0p0#0");
        driver.note("The cluster wants e1 back in ten minutes. Another executor is asked for at once.");
        driver.on(new DriverEvent.DrainRequested("e1", DrainReason.DECOMMISSION, 600_000));
        driver.note("At the next tick e2 is told to hold what lies on e1 as well.");
        driver.passesAlive(100);
        driver.note("It has it, whole: from now on readers are sent there.");
        driver.sends(new Frame.MapOutputCopied("e2", 1, 0, DriverScript.id("s0p0#0"), true));
        driver.note("Nobody runs that was launched before: e1 goes, and nothing is computed again.");
        driver.finishAll(1);
        driver.passesAlive(100);
        compare("executor-that-leaves", driver);
    }

    @Test
    void otherRows() throws IOException {
        DriverScript driver = DriverScript.with(executor("e1", 2), executor("e2", 2));
        driver.note("Two map stages in a row. One task of the second has read the first one's output and is done.");
        driver.submit(job(1).mapStage(0, 1, 2)
                .mapStage(1, 2, 2, 0)
                .resultStage(2, 2, 1)
                .build());
        driver.finishes("s0p0#0").finishes("s1p0#0");
        driver.note("The other one cannot read it: it is computed again, ...");
        driver.fails("s1p1#0", fetchFailed("s0p0#0", driver.executorOfOutput(0)));
        driver.note("... but with other rows. What was made from the earlier ones is dropped and computed again too.");
        driver.finishes("s0p0#1", new TaskResult.MapWritten(0, new long[] {100, 100}, 1, 2));
        driver.finishAll(1);
        driver.note("Now a result has been delivered when the same happens. It cannot be had back: the job fails.");
        driver.finishes("s2p0#0");
        driver.fails(
                "s2p1#0",
                new TaskFailure.FetchFailed(
                        1, DriverScript.id("s1p1#1"), driver.executorOfOutput(1, 1), "connection refused"));
        driver.finishes("s1p1#2", new TaskResult.MapWritten(1, new long[] {100, 100}, 3, 5));
        compare("other-rows", driver);
    }

    @Test
    void fetchFailure() throws IOException {
        DriverScript driver = DriverScript.with(executor("e1", 2), executor("e2", 2));
        driver.note("Two map outputs are written, two reduce tasks read them.");
        driver.submit(2, 2).finishes("s0p0#0").finishes("s0p1#0");
        driver.note("A reduce task cannot read one of them. It names the very attempt, so exactly that output is"
                + " dropped and rebuilt, not where it could not be read; the reduce task waits.");
        driver.fails("s1p0#0", fetchFailed("s0p1#0", "e2"));
        driver.note("The other reduce task fails in the same way. The attempt it names is not registered any more:"
                + " nothing is dropped a second time.");
        driver.fails("s1p1#0", fetchFailed("s0p1#0", "e2"));
        driver.note("The rebuilt output starts both of them.");
        driver.finishes("s0p1#1");
        driver.finishAll(1);
        compare("fetch-failure", driver);
    }

    @Test
    void retry() throws IOException {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.note("One task whose function throws; three failures are allowed here.");
        driver.submit(job(1).resultStage(0, 1).maxTaskFailures(3).build());
        driver.note("It is tried again on another executor.");
        driver.fails("s0p0#0", userError("no such zip"));
        driver.note("It has now failed on both in the same way and is kept from both for three seconds, unless there"
                + " is no other: there is none.");
        driver.fails("s0p0#1", userError("no such zip"));
        driver.note("The third failure ends the job, the user's own words first.");
        driver.fails("s0p0#2", userError("no such zip"));
        compare("retry", driver);
    }

    @Test
    void smallPartitions() throws IOException {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.note("Nobody named the number of partitions after the shuffle: there are six.");
        driver.submit(job(1).withDefaultCounts()
                .mapStage(0, 1, 6)
                .resultStage(1, 6, 0)
                .build());
        driver.note("The map output says that all are small: each of the two slots gets three.");
        driver.finishes("s0p0#0");
        driver.note("The second of a group fails. The first is done and counts, the third runs by itself meanwhile.");
        driver.fails("s1p0#0", 1, userError("no such zip"));
        driver.note("The other group has all of its results in one message; then the task that failed is tried"
                + " again, alone and elsewhere.");
        driver.finishes("s1p3#0", 3);
        driver.finishes("s1p1#1").finishes("s1p2#1");
        compare("small-partitions", driver);
    }

    @Test
    void commit() throws IOException {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.note("A job that saves: each task writes a part under a name nobody sees.");
        driver.submit(job(1).resultStage(0, 2).savingTo("file:/out").build());
        driver.finishes("s0p0#0", new TaskResult.PartWritten("tmp/s0p0#0", "part-00000", 3, 30));
        driver.note("The executor of a finished part dies. The part lies on shared storage and stays.");
        driver.loses("e1");
        driver.note("The outcome of the other comes twice: it counts once.");
        TaskResult second = new TaskResult.PartWritten("tmp/s0p1#0", "part-00001", 2, 20);
        driver.finishes("s0p1#0", second).finishesAt("e2", "s0p1#0", second);
        driver.note("Only when everything is published is the job complete.");
        driver.on(new DriverEvent.OutputPublished(1));
        compare("commit", driver);
    }

    @Test
    void silentExecutorComesBack() throws IOException {
        DriverScript driver = DriverScript.with(executor("e1", 1), executor("e2", 1));
        driver.note("One task on e1, which falls silent; e2 shows that it lives.");
        driver.submit(job(1).resultStage(0, 1).build());
        driver.heartbeats("e2")
                .passes(4_000)
                .heartbeats("e2")
                .passes(4_000)
                .heartbeats("e2")
                .passes(4_000);
        driver.note("What runs on e2 now is attempt 1. The old process wakes up and reports attempt 0: refused, it has"
                + " to end.");
        driver.finishesAt("e1", "s0p0#0", new TaskResult.Direct(new byte[8]));
        driver.finishes("s0p0#1");
        compare("silent-executor", driver);
    }

    private static void compare(String name, DriverScript driver) throws IOException {
        String told = driver.transcript().replace("\r\n", "\n");
        Path file = directory().resolve(name + ".txt");
        if (Boolean.getBoolean("transcripts.rewrite")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, told);
        }
        assertEquals(Files.readString(file), told);
    }

    private static Path directory() {
        Path module = Path.of("src/test/resources/transcripts");
        return Files.exists(module.getParent()) || Files.exists(Path.of("src"))
                ? module
                : Path.of("runtime-driver").resolve(module);
    }
}
