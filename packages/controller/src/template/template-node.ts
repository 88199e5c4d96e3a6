/** A part of a template's text. Offsets (`at`) count UTF-16 code units from the beginning of the text. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  /** `{{pipeline}}`: its value is written, unless it goes to a variable. */
  | { readonly kind: 'action'; readonly pipeline: Pipeline; readonly at: number }
  /** `{{if}}…{{else if}}…{{else}}…{{end}}`, and the same with `with`, which sets the dot as well. */
  | {
      readonly kind: 'choice';
      readonly branches: readonly ChoiceBranch[];
      readonly otherwise: readonly TemplateNode[];
      readonly at: number;
    }
  /** `{{range $key, $element := pipeline}}…{{else}}…{{end}}` */
  | {
      readonly kind: 'range';
      readonly pipeline: Pipeline;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
      readonly at: number;
    }
  | { readonly kind: 'break' | 'continue'; readonly at: number }
  /** `{{template "name" pipeline}}`; a `{{block}}` is one too, which also defines it. */
  | { readonly kind: 'call'; readonly name: string; readonly argument: Pipeline | undefined; readonly at: number };

/** One condition of a choice, and what stands for it. */
export interface ChoiceBranch {
  readonly keyword: 'if' | 'with';
  readonly pipeline: Pipeline;
  readonly body: readonly TemplateNode[];
}

/** `$slot := command | command | …`: the value of each command is the last argument of the next. */
export interface Pipeline {
  /** The variables that take the value: of a range up to two, the key's first. */
  readonly variables: readonly Variable[];
  /** `:=` makes variables, `=` changes them; undefined where there are none. */
  readonly assignment: ':=' | '=' | undefined;
  /** At least one; only the first may be something else than a call. */
  readonly commands: readonly Operand[];
  readonly at: number;
}

/** A variable, by its place among all variables of a template that may be in force at once. */
export interface Variable {
  readonly name: string;
  readonly slot: number;
}

/** Something that has a value. */
export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | undefined; readonly at: number }
  /** `.Field.Field`, of the dot; the dot itself where there is none. */
  | { readonly kind: 'dot'; readonly fields: readonly string[]; readonly at: number }
  /** `$name.Field` */
  | { readonly kind: 'variable'; readonly variable: Variable; readonly fields: readonly string[]; readonly at: number }
  /** `(pipeline).Field` */
  | { readonly kind: 'group'; readonly pipeline: Pipeline; readonly fields: readonly string[]; readonly at: number }
  /** `name operand operand` */
  | { readonly kind: 'function'; readonly name: string; readonly operands: readonly Operand[]; readonly at: number };

/** A template that has been parsed, with those that it defines. */
export interface TemplateTree {
  readonly text: string;
  readonly nodes: readonly TemplateNode[];
  readonly definitions: ReadonlyMap<string, readonly TemplateNode[]>;
}
