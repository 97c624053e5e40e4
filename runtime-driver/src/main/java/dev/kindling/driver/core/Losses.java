package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.ExitReason;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Why executors were lost, the latest of them: for the errors that follow from a loss. */
final class Losses {
    /** More than can matter to one job's failure. */
    private static final int KEPT = 256;

    private static final int DESCRIBED = 6;

    private final LinkedHashMap<String, ExitReason> reasons = new LinkedHashMap<>();

    void record(String executorId, ExitReason reason) {
        reasons.remove(executorId);
        reasons.put(executorId, reason);
        if (reasons.size() > KEPT) {
            Iterator<String> oldest = reasons.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** News about the end of a lost executor: the reason that holds from now on, when the news say more. */
    Optional<ExitReason> explain(String executorId, ExitReason reason) {
        ExitReason before = reasons.get(executorId);
        if (before == null || !ExitReasons.isMoreTelling(reason, before)) {
            return Optional.empty();
        }
        ExitReason known = ExitReasons.withMemory(reason, before.lastRssBytes(), before.lastHeapBytes());
        reasons.put(executorId, known);
        return Optional.of(known);
    }

    Optional<ExitReason> of(String executorId) {
        return Optional.ofNullable(reasons.get(executorId));
    }

    Optional<ExitReason> last() {
        ExitReason last = null;
        for (ExitReason reason : reasons.values()) {
            last = reason;
        }
        return Optional.ofNullable(last);
    }

    /** The latest losses, equal ones together: {@code e1, e2: exit code 3: ...; e3: ...}; then what the last one wrote. */
    String describe() {
        LinkedHashMap<String, List<String>> executorsOf = new LinkedHashMap<>();
        int skipped = Math.max(0, reasons.size() - DESCRIBED);
        for (Map.Entry<String, ExitReason> loss : reasons.entrySet()) {
            if (skipped-- <= 0) {
                executorsOf
                        .computeIfAbsent(ExitReasons.sentence(loss.getValue()), sentence -> new ArrayList<>())
                        .add(loss.getKey());
            }
        }
        List<String> words = new ArrayList<>();
        executorsOf.forEach((sentence, ids) -> words.add(String.join(", ", ids) + ": " + sentence));
        return String.join("; ", words) + last().map(ExitReasons::output).orElse("");
    }
}
