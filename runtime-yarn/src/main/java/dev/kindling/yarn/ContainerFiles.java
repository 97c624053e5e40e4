package dev.kindling.yarn;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.yarn.api.records.LocalResource;

/**
 * What every container of an application finds in its working directory.
 *
 * @param resources by their names there
 * @param classPath of the runtime, relative to the working directory
 */
record ContainerFiles(Map<String, LocalResource> resources, List<String> classPath) {
    ContainerFiles {
        resources = new TreeMap<>(resources);
        classPath = List.copyOf(classPath);
    }
}
