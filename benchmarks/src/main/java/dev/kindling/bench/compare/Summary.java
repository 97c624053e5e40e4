package dev.kindling.bench.compare;

import dev.kindling.bench.work.Median;
import dev.kindling.bench.work.Request.Place;
import dev.kindling.bench.work.Work;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** All runs of one work in one place. It exists only when the engines agree on every answer. */
record Summary(Work work, Place place, Map<Engine, List<Sample>> samples) {
    Summary {
        Map<Integer, Sample> firsts = new TreeMap<>();
        for (List<Sample> ofEngine : samples.values()) {
            for (Sample sample : ofEngine) {
                // The first run may do less than the others.
                Sample first = firsts.putIfAbsent(Math.min(sample.run(), 1), sample);
                if (first != null && !first.answer().equals(sample.answer())) {
                    throw new IllegalStateException(work.id() + " at " + place + ": " + first.engine().title + " found "
                            + first.answer() + ", " + sample.engine().title + " found " + sample.answer()
                            + "; no time is told for answers that differ");
                }
            }
        }
    }

    /** Runs by which an engine is judged: not the first one of a process, nor the second where there are more. */
    private List<Sample> warm(Engine engine) {
        List<Sample> all = samples.get(engine);
        int runs = all.stream().mapToInt(Sample::run).max().orElse(0);
        int from = Math.min(runs, 2);
        return all.stream().filter(sample -> sample.run() >= from).toList();
    }

    private static long median(List<Sample> samples, ToLongFunction<Sample> measure) {
        return Math.round(Median.of(samples.stream()
                .mapToDouble(sample -> measure.applyAsLong(sample))
                .toArray()));
    }

    long warmMedian(Engine engine, String measure) {
        return median(warm(engine), sample -> sample.number(measure));
    }

    long warmMin(Engine engine, String measure) {
        return warm(engine).stream()
                .mapToLong(sample -> sample.number(measure))
                .min()
                .orElseThrow();
    }

    long warmMax(Engine engine, String measure) {
        return warm(engine).stream()
                .mapToLong(sample -> sample.number(measure))
                .max()
                .orElseThrow();
    }

    /** From the start of Java to the first answer. */
    long coldMs(Engine engine) {
        return median(
                samples.get(engine).stream().filter(Sample::isCold).toList(), sample -> sample.number("sinceLaunchMs"));
    }

    long peakRssBytes(Engine engine) {
        return samples.get(engine).stream()
                .mapToLong(sample -> sample.number("peakRssBytes"))
                .max()
                .orElseThrow();
    }

    /** How many times as long the other engine takes, by the medians of warm runs. */
    double ratio(Engine other) {
        return (double) warmMedian(other, "wallUs") / warmMedian(Engine.KINDLING, "wallUs");
    }

    List<Engine> engines() {
        return Arrays.stream(Engine.values()).filter(samples::containsKey).toList();
    }
}
