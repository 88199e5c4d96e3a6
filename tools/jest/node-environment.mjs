import vm from 'node:vm';

import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest's environment for Node, with a global object as programs have one. Jest's own stands behind interceptors, through which every use of `Math`, `Atomics` or
 * `Uint8Array` goes: what computes, and that is most of what is tested here, takes five times as long.
 */
export default class NodeEnvironment extends TestEnvironment {
  /** @param {ConstructorParameters<typeof TestEnvironment>} given */
  constructor(...given) {
    const { createContext } = vm;
    // The context is made in the base class's constructor, which offers no other way to say of which kind. Nothing else runs meanwhile.
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      vm.createContext = createContext;
    }
  }
}
