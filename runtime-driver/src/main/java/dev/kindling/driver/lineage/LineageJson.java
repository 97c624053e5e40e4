package dev.kindling.driver.lineage;

import dev.kindling.api.Lineage;
import dev.kindling.util.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A lineage for tools; docs/lineage.md has the fields. What is absent is left out. */
final class LineageJson {
    /** Raised when a field changes its meaning or goes; new ones come without. */
    static final int VERSION = 1;

    private LineageJson() {}

    static String of(LineageGraph graph) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kindlingLineage", VERSION);
        json.put("stages", graph.planned().stream().map(LineageJson::of).toList());
        return Json.write(json);
    }

    private static Map<String, Object> of(PlannedStage stage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", stage.id());
        json.put("parents", stage.parents());
        json.put("tasks", stage.tasks());
        json.put("together", stage.together().name().toLowerCase(Locale.ROOT));
        json.put("skipped", stage.skip().isPresent());
        stage.skip()
                .filter(skip -> skip.madeByJob().isPresent())
                .ifPresent(skip -> json.put("madeByJob", skip.madeByJob().getAsInt()));
        stage.output().ifPresent(output -> json.put("output", of(output)));
        List<Map<String, Object>> steps = new ArrayList<>();
        stage.calls().forEach(call -> call.steps().forEach(step -> steps.add(of(call, step))));
        json.put("steps", steps);
        json.put("notes", stage.notes());
        return json;
    }

    private static Map<String, Object> of(PlannedStage.Output output) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("shuffleId", output.shuffleId());
        json.put("partitions", output.partitions());
        json.put("partitioner", output.partitioner());
        if (!output.how().isEmpty()) {
            json.put("readAs", output.how());
        }
        return json;
    }

    private static Map<String, Object> of(PlannedCall call, Lineage.Step step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rddId", step.rddId());
        // A call is named once, at its last set: that is the one the program holds.
        boolean isLast = call.steps().get(call.steps().size() - 1) == step;
        if (isLast && !call.name().isEmpty()) {
            json.put("name", call.name());
        }
        json.put("operation", step.operation());
        json.put("callSite", step.callSite());
        json.put("parents", step.parents());
        json.put("cached", step.cached());
        if (step.cached()) {
            json.put("storageLevel", call.level().toString());
        }
        json.put("checkpointed", step.checkpointed());
        return json;
    }
}
