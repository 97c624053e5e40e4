package dev.kindling.bench.compare;

import dev.kindling.bench.work.Request.Place;
import dev.kindling.bench.work.Work;
import dev.kindling.util.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One run of a work by an engine.
 *
 * @param round which process of the engine it was, for this work
 * @param measures what {@link dev.kindling.bench.work.Runs} printed
 */
record Sample(Work work, Engine engine, Place place, int round, Map<String, ?> measures) {
    Sample {
        measures = Map.copyOf(measures);
    }

    static Sample of(String json, Engine engine, Place place, int round) {
        Map<?, ?> parsed = (Map<?, ?>) Json.parse(json);
        Map<String, Object> measures = new LinkedHashMap<>();
        parsed.forEach((name, value) -> measures.put((String) name, value));
        return new Sample(Work.of((String) measures.get("work")), engine, place, round, measures);
    }

    /** Its line in the file of results. */
    String toJson() {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("work", work.id());
        line.put("engine", engine.id);
        line.put("place", place.toString());
        line.put("round", round);
        for (String name : new String[] {
            "run", "wallUs", "sinceLaunchMs", "cpuUs", "shuffleBytes", "peakRssBytes", "rows", "digest"
        }) {
            line.put(name, measures.get(name));
        }
        return Json.write(line);
    }

    int run() {
        return (int) number("run");
    }

    boolean isCold() {
        return run() == 0;
    }

    long number(String name) {
        return (Long) measures.get(name);
    }

    /** Equal for equal answers; the first run of a work may have another answer than those after it. */
    String answer() {
        return measures.get("rows") + " rows with digest " + measures.get("digest");
    }
}
