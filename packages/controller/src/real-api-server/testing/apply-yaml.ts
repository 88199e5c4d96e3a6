import type { ClusterObjects, Manifest } from '../../../../../tools/control-plane/cluster-objects.ts';
import { objectsOf } from '../../testing/source-world.ts';

/** Creates or changes the objects of a text of YAML documents. */
export async function applyYaml(objects: ClusterObjects, yaml: string, namespace = 'default'): Promise<void> {
  await objects.apply(objectsOf(yaml) as Manifest[], namespace);
}
