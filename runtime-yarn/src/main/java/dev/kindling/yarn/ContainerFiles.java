package dev.kindling.yarn;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.LocalResourceVisibility;
import org.apache.hadoop.yarn.api.records.URL;

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

    /** But for some. */
    ContainerFiles without(Set<String> names) {
        Map<String, LocalResource> rest = new TreeMap<>(resources);
        rest.keySet().removeAll(names);
        return new ContainerFiles(rest, classPath);
    }

    /** For a driver in the cluster, which starts executors with the same files. */
    void write(DataOutputStream out) throws IOException {
        out.writeInt(resources.size());
        for (Map.Entry<String, LocalResource> entry : resources.entrySet()) {
            LocalResource resource = entry.getValue();
            out.writeUTF(entry.getKey());
            try {
                out.writeUTF(resource.getResource().toPath().toString());
            } catch (URISyntaxException e) {
                throw new IOException(e);
            }
            out.writeUTF(resource.getType().name());
            out.writeUTF(resource.getVisibility().name());
            out.writeLong(resource.getSize());
            out.writeLong(resource.getTimestamp());
        }
        out.writeInt(classPath.size());
        for (String entry : classPath) {
            out.writeUTF(entry);
        }
    }

    /** What {@link #write} wrote in the same build. */
    static ContainerFiles read(DataInputStream in) throws IOException {
        Map<String, LocalResource> resources = new TreeMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            String name = in.readUTF();
            Path path = new Path(in.readUTF());
            LocalResourceType type = LocalResourceType.valueOf(in.readUTF());
            LocalResourceVisibility visibility = LocalResourceVisibility.valueOf(in.readUTF());
            resources.put(
                    name,
                    LocalResource.newInstance(URL.fromPath(path), type, visibility, in.readLong(), in.readLong()));
        }
        List<String> classPath = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            classPath.add(in.readUTF());
        }
        return new ContainerFiles(resources, classPath);
    }
}
