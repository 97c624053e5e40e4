package dev.kindling.bench.work;

import dev.kindling.bench.work.Rows.Answer;

/**
 * Does a work several times in this process and prints one line of JSON for each run, after {@link #MARK}. The engine is
 * open from the first run to the last. Nothing but the runs is timed: not making the engine ready, save for the first
 * result, not checking the answer.
 */
public final class Runs {
    /** What lines of results begin with, among whatever an engine prints. */
    public static final String MARK = "RUN ";

    private Runs() {}

    /** A work in the words of one engine, ready to run. */
    public interface Program extends AutoCloseable {
        /** Does the work once. {@code job} counts from 0. */
        void run(int job) throws Exception;

        /** What the last run found; may read files that it wrote. */
        Answer answer() throws Exception;

        /** Bytes written to shuffles since the program was opened. */
        long shuffleBytes() throws Exception;

        @Override
        void close();
    }

    /** Opens a program for a request. */
    public interface Engine {
        Program open(Request request) throws Exception;
    }

    public static void main(String[] args, Engine engine) throws Exception {
        for (Request request : Request.ofArgs(args)) {
            try (Program program = engine.open(request)) {
                int job = 0;
                for (int run = 0; run < request.runs(); run++) {
                    // The first result is the first job's, whatever the others take.
                    int jobs = run == 0 ? 1 : request.work().jobsPerRun();
                    System.out.println(MARK + timed(request, program, run, job, jobs));
                    System.out.flush();
                    job += jobs;
                }
            }
        }
        // Libraries of an engine may have left threads that are no daemons.
        System.exit(0);
    }

    private static String timed(Request request, Program program, int run, int firstJob, int jobs) throws Exception {
        long shuffleBytes = program.shuffleBytes();
        long cpuMs = ProcessTree.cpuMs();
        long beganNs = System.nanoTime();
        for (int job = firstJob; job < firstJob + jobs; job++) {
            program.run(job);
        }
        long wallUs = (System.nanoTime() - beganNs) / 1_000;
        long sinceLaunchMs = System.currentTimeMillis() - request.launchedMs();
        cpuMs = ProcessTree.cpuMs() - cpuMs;
        Answer answer = program.answer();
        shuffleBytes = program.shuffleBytes() - shuffleBytes;
        return "{\"work\":\"" + request.work().id() + "\",\"run\":" + run + ",\"wallUs\":" + wallUs / jobs
                + ",\"sinceLaunchMs\":" + sinceLaunchMs + ",\"cpuUs\":" + cpuMs * 1_000 / jobs + ",\"shuffleBytes\":"
                + shuffleBytes / jobs + ",\"peakRssBytes\":" + ProcessTree.peakRssBytes() + ",\"rows\":" + answer.rows()
                + ",\"digest\":\"" + Long.toHexString(answer.digest()) + "\"}";
    }
}
