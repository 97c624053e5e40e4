package dev.kindling.bench.work;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What one process of an engine is asked to do, as its arguments.
 *
 * @param data the directory of the files read, made before: {@link Inputs}
 * @param scratch a directory of this process alone, deleted by who asks
 * @param heapMb of all processes that run tasks together
 * @param runs how often the work is done, the first one cold
 * @param launchedMs when the process was started, in milliseconds of the epoch
 */
public record Request(
        Work work, double scale, Place place, int heapMb, Path data, Path scratch, int runs, long launchedMs) {

    /** Where tasks run. */
    public enum Place {
        /** On two threads of the driver. */
        THREADS("local[2]"),
        /** In two processes of one core each, and half of the heap. */
        PROCESSES("two processes");

        private final String text;

        Place(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** One request for each of the works that the process is to do one after the other. */
    public static List<Request> ofArgs(String[] args) {
        if (args.length != 8) {
            throw new IllegalArgumentException(
                    "started by bin/bench, with the 8 values of a request; these are " + args.length);
        }
        return Arrays.stream(args[0].split(","))
                .map(work -> new Request(
                        Work.of(work),
                        Double.parseDouble(args[1]),
                        Place.valueOf(args[2]),
                        Integer.parseInt(args[3]),
                        Path.of(args[4]),
                        Path.of(args[5]),
                        Integer.parseInt(args[6]),
                        Long.parseLong(args[7])))
                .toList();
    }

    /** What {@link #ofArgs} reads; the requests differ in their work alone. */
    public static List<String> args(List<Request> requests) {
        Request first = requests.get(0);
        return List.of(
                requests.stream().map(request -> request.work.id()).collect(Collectors.joining(",")),
                String.valueOf(first.scale),
                first.place.name(),
                String.valueOf(first.heapMb),
                first.data.toString(),
                first.scratch.toString(),
                String.valueOf(first.runs),
                String.valueOf(first.launchedMs));
    }

    /** The file that the work reads. */
    public String input() {
        return Inputs.file(work, scale, data).toString();
    }

    /** In the words that both engines have for it. */
    public String master() {
        return place == Place.THREADS ? "local[2]" : "local-cluster[2,1," + heapMb / 2 + "]";
    }

    /** Which pass over the cached set a job is: all runs do the same ones. */
    public int pass(int job) {
        return job == 0 ? 0 : (job - 1) % work.jobsPerRun();
    }

    public long rows() {
        return work.rows(scale);
    }
}
