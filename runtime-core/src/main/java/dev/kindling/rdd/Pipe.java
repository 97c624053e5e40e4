package dev.kindling.rdd;

import dev.kindling.api.TaskContext;
import dev.kindling.api.function.Function2;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The rows of a partition through a process of their own. */
record Pipe(List<String> command, Map<String, String> environment)
        implements Function2<Integer, Iterator<Object>, Iterator<Object>> {
    @Override
    public Iterator<Object> call(Integer partition, Iterator<Object> rows) throws IOException {
        PipedProcess process = PipedProcess.start(command, environment, rows);
        TaskContext task = TaskContext.get();
        if (task != null) {
            // Whoever reads may stop early, or fail.
            task.addTaskCompletionListener(ended -> process.close());
        }
        return process;
    }
}
