import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMinSize, Contains, Equals, IsArray, IsBoolean, IsDate, IsEmail, IsEnum, IsIn, IsInt, IsNotEmpty, IsNumber, IsOptional, IsPositive, IsString, Length, Matches,
  Max, MaxLength, Min, ValidateNested,
} from 'class-validator'; // prettier-ignore
import { expect, it } from 'vitest';
import type { Schema } from 'nestjs-argonaut';
import { jsonSchemaOf } from '../../lib/context/json-schema.js';

enum Colour {
  Red = 'red',
  Blue = 'blue',
}
enum Level {
  Low,
  High,
}
class Address {
  @IsString() city!: string;
  @IsOptional() @ValidateNested() @Type(() => Address) billing?: Address;
}
class Base {
  @IsEmail() @MaxLength(80) mail!: string;
}
class Order extends Base {
  @IsInt() @IsNumber() @Min(1) @Max(9) count!: number;
  @IsPositive() price!: number;
  @IsBoolean() urgent!: boolean;
  @IsDate() at!: Date;
  @IsEnum(Colour) colour!: Colour;
  @IsEnum(Level) level!: Level;
  @IsIn(['a', 'b']) kind!: string;
  @Equals(true) terms!: true;
  @Length(2, 5) @Matches(/^[a-z]+$/) @Contains('x') code!: string;
  @IsNotEmpty() name!: string;
  @IsArray() @IsString({ each: true }) @ArrayMinSize(1) tags!: string[];
  @ValidateNested() @Type(() => Address) address!: Address;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Address) stops?: Address[];
}

const ADDRESS = { type: 'object', title: 'Address', properties: { city: { type: 'string' }, billing: { type: 'object' } }, required: ['city'] };

it('of a class says what its common decorators say, nested and inherited ones too', () => {
  const schema = jsonSchemaOf(Order) as { properties: Record<string, object>; required: string[] };
  expect(schema.properties).toEqual({
    mail: { type: 'string', format: 'email', maxLength: 80 },
    count: { type: 'integer', minimum: 1, maximum: 9 },
    price: { type: 'number', exclusiveMinimum: 0 },
    urgent: { type: 'boolean' },
    at: { type: 'string', format: 'date-time' },
    colour: { type: 'string', enum: ['red', 'blue'] },
    level: { type: 'number', enum: [0, 1] },
    kind: { type: 'string', enum: ['a', 'b'] },
    terms: { type: 'boolean', const: true },
    code: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]+$' },
    name: { type: 'string', minLength: 1 },
    tags: { type: 'array', items: { type: 'string' }, minItems: 1 },
    address: ADDRESS,
    stops: { type: 'array', items: ADDRESS },
  });
  expect(schema).toMatchObject({ type: 'object', title: 'Order' });
  expect(Object.keys(schema.properties).filter((key) => !schema.required.includes(key))).toEqual(['address', 'stops']); // class-validator lets what is only looked into be absent
  expect(jsonSchemaOf(Order)).toBe(schema);
});

it('of another library is what that says; of one that says nothing, null', () => {
  const standard = (more: object) => ({ '~standard': { validate: () => ({ value: 1 }), ...more } }) as unknown as Schema;
  const told = { type: 'object' };
  const refuses = () => {
    throw new Error('it cannot be represented');
  };
  const input = ({ target }: { target: string }) => ({ ...told, target });
  expect(jsonSchemaOf(standard({ jsonSchema: { input } }))).toEqual({ ...told, target: 'draft-2020-12' });
  expect(jsonSchemaOf({ ...standard({ jsonSchema: { input: refuses } }), toJSONSchema: () => told } as Schema)).toEqual(told);
  expect(jsonSchemaOf({ ...standard({}), jsonSchema: told } as Schema)).toEqual(told);
  expect(jsonSchemaOf(standard({ jsonSchema: { input: refuses } }))).toBeNull();
  expect(jsonSchemaOf(standard({}))).toBeNull();
  expect(jsonSchemaOf(undefined)).toBeNull();
});
